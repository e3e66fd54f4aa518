// What this page has of one conversation: the newest messages, and the older ones that somebody went back to.

import * as api from "./api.js";

const before = (one, other) => Number(one) < Number(other);

export class History {
  constructor() {
    this.forget();
  }

  forget() {
    Object.assign(this, { id: null, messages: [], hasMore: false, loading: null });
  }

  /** The newest messages have come anew, with all that happened to them. */
  take({ id, messages, has_more: more }) {
    const first = messages[0]?.ts;
    const last = this.messages.at(-1)?.ts;
    const joins = more && this.id === id && last && !before(last, first);
    const older = joins ? this.messages.filter((one) => before(one.ts, first)) : [];
    if (!older.length) this.hasMore = more;
    Object.assign(this, { id, newest: first, messages: [...older, ...messages] });
  }

  /** Fetch the messages before the first one. Whoever asks meanwhile waits for the same answer. */
  older() {
    this.loading ??= this.#older().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  async #older() {
    const { id } = this;
    const page = await api.conversation(id, { before: this.messages[0]?.ts });
    if (!page.messages || this.id !== id) return;
    this.messages = [...page.messages, ...this.messages];
    this.hasMore = page.has_more;
  }

  /** Something changed while older messages are in sight, from `first` to `last`: see how they look now. */
  async refresh(first, last) {
    if (!first || !before(first, this.newest)) return false;
    const { id } = this;
    const next = this.messages.find((one) => before(last, one.ts))?.ts;
    const page = await api.conversation(id, { before: next });
    if (!page.messages?.length || this.id !== id) return false;
    const from = page.messages[0].ts;
    this.messages = [
      ...this.messages.filter((one) => before(one.ts, from)),
      ...page.messages,
      ...this.messages.filter((one) => next && !before(one.ts, next)),
    ];
    return true;
  }
}
