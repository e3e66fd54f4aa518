// What an app shows in its Home tab.

import * as api from "./api.js";
import { blockItems } from "./blocks.js";
import { fill, h, reconcile } from "./dom.js";
import { Form } from "./forms.js";
import { interaction } from "./interaction.js";

export class Home {
  constructor() {
    this.blocks = h("div", { class: "home-blocks" });
    this.nothing = h("p", { class: "quiet nothing" }, "This app shows nothing here yet.");
    this.node = h("div", { class: "home", role: "region", "aria-label": "Home", tabIndex: 0, hidden: true }, this.nothing, this.blocks);
  }

  show(on) {
    this.node.hidden = !on;
    this.look();
  }

  async look() {
    if (this.node.hidden) return;
    const { view, errors } = await api.home();
    if (view !== undefined) this.draw(view, errors);
  }

  draw(view, errors) {
    this.nothing.hidden = Boolean(view);
    if (!view) {
      fill(this.blocks);
      return;
    }
    if (this.shown !== view.id) this.form = new Form(view.blocks, view.state?.values);
    this.shown = view.id;
    this.form.take(view.blocks);
    reconcile(this.blocks, blockItems(view.blocks, interaction({ view_id: view.id }, this.form), errors));
  }
}
