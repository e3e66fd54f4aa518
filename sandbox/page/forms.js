// What the person has chosen so far in the elements of a view or of a message, in the shape of state.values.

// Element -> the key of its value, the key of its first value, and what it is without one.
const HELD = {
  plain_text_input: ["value", "initial_value", null],
  email_text_input: ["value", "initial_value", null],
  url_text_input: ["value", "initial_value", null],
  number_input: ["value", "initial_value", null],
  rich_text_input: ["rich_text_value", "initial_value", null],
  datepicker: ["selected_date", "initial_date", null],
  timepicker: ["selected_time", "initial_time", null],
  datetimepicker: ["selected_date_time", "initial_date_time", null],
  static_select: ["selected_option", "initial_option", null],
  external_select: ["selected_option", "initial_option", null],
  radio_buttons: ["selected_option", "initial_option", null],
  users_select: ["selected_user", "initial_user", null],
  conversations_select: ["selected_conversation", "initial_conversation", null],
  channels_select: ["selected_channel", "initial_channel", null],
  checkboxes: ["selected_options", "initial_options", []],
  multi_static_select: ["selected_options", "initial_options", []],
  multi_external_select: ["selected_options", "initial_options", []],
  multi_users_select: ["selected_users", "initial_users", []],
  multi_conversations_select: ["selected_conversations", "initial_conversations", []],
  multi_channels_select: ["selected_channels", "initial_channels", []],
};

/** The elements of a block that may hold a value. */
function elementsOf(block) {
  return [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])]
    .filter((element) => element && element.type in HELD);
}

export class Form {
  /** `known`: values the sandbox already has, from before the page was loaded. */
  constructor(blocks, known = {}) {
    this.cells = new Map();
    this.onSet = null;
    this.take(blocks, known);
  }

  /** Go on with other blocks. What keeps its block_id and action_id keeps what was typed. */
  take(blocks, known = {}) {
    const cells = new Map();
    for (const block of blocks) {
      for (const element of elementsOf(block)) {
        const key = `${block.block_id}\n${element.action_id}`;
        const old = this.cells.get(key);
        cells.set(key, old?.type === element.type ? old : this.#first(block, element, known));
      }
    }
    this.cells = cells;
  }

  #first(block, element, known) {
    const [key, initial, nothing] = HELD[element.type];
    const stored = known[block.block_id]?.[element.action_id];
    const value = stored && key in stored ? stored[key] : element[initial] ?? nothing;
    return { block_id: block.block_id, action_id: element.action_id, type: element.type, key, value };
  }

  #cell(block, element) {
    return this.cells.get(`${block.block_id}\n${element.action_id}`);
  }

  get(block, element) {
    return this.#cell(block, element)?.value ?? null;
  }

  set(block, element, value) {
    const cell = this.#cell(block, element);
    if (cell) cell.value = value === "" ? null : value;
    this.onSet?.(block);
  }

  /** One element's part of state.values; {} for elements without a value. */
  held(block, element) {
    const cell = this.#cell(block, element);
    return cell ? { type: cell.type, [cell.key]: cell.value } : {};
  }

  get values() {
    const values = {};
    for (const { block_id: block, action_id: action, type, key, value } of this.cells.values()) {
      (values[block] ??= {})[action] = { type, [key]: value };
    }
    return values;
  }
}
