// The app's forms.

import * as api from "./api.js";
import { avatar } from "./avatar.js";
import { blockItems } from "./blocks.js";
import { fill, freshId, h, reconcile } from "./dom.js";
import { Form } from "./forms.js";
import { icon } from "./icons.js";
import { interaction } from "./interaction.js";
import { plain } from "./mrkdwn.js";
import { toast } from "./popup.js";
import { store } from "./store.js";

const FIELDS = "input:not([disabled]), textarea, .select input";

export class ModalHost {
  constructor() {
    this.forms = new Map();
    this.dialog = null;
    this.view = null;
  }

  show({ view, errors, error, depth }) {
    if (!view) {
      this.hide();
      return;
    }
    const fresh = this.view?.id !== view.id;
    Object.assign(this, { view, depth });
    if (!this.dialog) this.raise();
    if (!this.forms.has(view.id)) this.forms.set(view.id, new Form(view.blocks, view.state?.values));
    this.form = this.forms.get(view.id);
    this.form.onSet = (block) => this.soothe(block);
    this.form.take(view.blocks);
    const place = fresh ? null : this.whereFocusIs();
    this.drawFrame(error);
    const ctx = interaction({ view_id: view.id }, this.form);
    const items = blockItems(view.blocks, ctx, errors);
    reconcile(this.body, items.map((item) => ({ ...item, key: `${view.id} ${item.key}` })));
    this.focus(fresh, place, errors);
  }

  hide() {
    this.forms.clear();
    this.view = null;
    if (!this.dialog) return;
    this.dialog.close();
    this.dialog.remove();
    this.dialog = null;
    if (this.opener?.isConnected) this.opener.focus();
  }

  raise() {
    this.opener = document.activeElement;
    this.titleId = freshId("title");
    this.body = h("div", { class: "modal-body" });
    this.top = h("header", { class: "modal-head" });
    this.problem = h("div", { class: "modal-problem", role: "alert" });
    this.foot = h("footer", { class: "modal-foot" });
    this.dialog = h("dialog", { class: "modal", "aria-labelledby": this.titleId, on: { keydown: (event) => this.key(event) } },
      this.top, this.body, this.problem, this.foot);
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close(this.depth === 1);
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
  }

  drawFrame(error) {
    const { view } = this;
    const looks = JSON.stringify([view.id, view.title, view.submit, view.close, this.depth]);
    fill(this.problem, error ? [icon("warning"), error] : []);
    if (looks === this.frameLooks && this.foot.childElementCount) return;
    this.frameLooks = looks;
    const back = h("button", { class: "icon-button", type: "button", "aria-label": "Back", on: { click: () => this.close(false) } }, icon("back"));
    fill(this.top, this.depth > 1 ? back : avatar({ ...store.world.bot, bot: true }, "small"),
      h("h2", { id: this.titleId }, plain(view.title.text)),
      h("button", { class: "icon-button", type: "button", "aria-label": "Close", on: { click: () => this.close(true) } }, icon("close")));
    this.submitButton = view.submit
      ? h("button", { class: "button primary submit", type: "button", on: { click: () => this.submit() } }, h("span", {}, plain(view.submit.text)))
      : null;
    fill(this.foot, h("button", { class: "button", type: "button", on: { click: () => this.close(false) } }, plain(view.close?.text ?? (view.submit ? "Cancel" : "Close"))), this.submitButton);
  }

  whereFocusIs() {
    const now = document.activeElement;
    const block = now?.closest("[data-block]");
    if (!block || !this.body.contains(block)) return null;
    return { block: block.dataset.block, from: now.selectionStart, to: now.selectionEnd };
  }

  focus(fresh, place, errors) {
    const wrong = Object.keys(errors ?? {});
    if (wrong.length && this.sent) {
      this.sent = false;
      const first = this.view.blocks.find((block) => wrong.includes(block.block_id))?.block_id;
      this.field(first)?.focus();
      // The focus brings the field into sight alone; what is wrong stands below it.
      this.block(first)?.scrollIntoView({ block: "nearest" });
    } else if (fresh) {
      const first = this.body.querySelector("[autofocus]") ?? this.body.querySelector(FIELDS) ?? this.submitButton ?? this.foot.firstElementChild;
      first?.focus();
      this.body.scrollTop = 0;
    } else if (place && !this.body.contains(document.activeElement)) {
      const field = this.field(place.block);
      field?.focus();
      if (place.from !== null && field?.setSelectionRange && /text|search|url|tel/.test(field.type)) field.setSelectionRange(place.from, place.to);
    }
  }

  block(blockId) {
    return [...this.body.children].find((node) => node.dataset.block === blockId);
  }

  field(blockId) {
    return this.block(blockId)?.querySelector(`${FIELDS}, button`);
  }

  /** Something was entered: what was wrong with it before is no longer said. */
  soothe({ block_id: id }) {
    const node = this.block(id);
    if (!node?.classList.contains("wrong")) return;
    node.classList.remove("wrong");
    node.querySelector(".error")?.remove();
    node.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
    // The block no longer looks as it was drawn; the same complaint has to be drawn again.
    node.reconciledLooks = null;
  }

  key(event) {
    if (event.key !== "Enter" || event.defaultPrevented || event.isComposing) return;
    const oneLine = event.target.matches("input.text-input:not([type^=date]):not([type=time])");
    if (oneLine || event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.submit();
    }
  }

  async submit() {
    if (!this.submitButton || this.busy) return;
    const { id } = this.view;
    this.working(true);
    this.sent = true;
    const answer = await api.act("submit", { view_id: id, state: this.form.values });
    this.working(false);
    // What is wrong comes with the form itself; this is for when the sandbox could not be reached.
    if (!answer.ok && !answer.errors && this.dialog) fill(this.problem, icon("warning"), answer.error);
  }

  working(on) {
    this.busy = on;
    this.dialog?.classList.toggle("sending", on);
    this.dialog?.setAttribute("aria-busy", String(on));
    this.submitButton?.classList.toggle("busy", on);
  }

  async close(clear) {
    const answer = await api.act("close", { view_id: this.view.id, clear });
    if (!answer.ok) toast(answer.error);
  }
}
