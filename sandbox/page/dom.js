// Building and updating the page. Text only ever becomes text nodes.

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "tabIndex", "selected"]);

/** An element. `props`: class, on: {event: handler}, properties and attributes; falsy ones are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") listen(node, value);
    else if (name === "class") node.className = value;
    else if (PROPERTIES.has(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...nodes(children));
  return node;
}

function listen(node, handlers) {
  for (const [event, handler] of Object.entries(handlers)) {
    if (handler) node.addEventListener(event, handler);
  }
}

function nodes(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}

export function fill(node, ...children) {
  node.replaceChildren(...nodes(children));
  return node;
}

/**
 * Make `parent` hold one child per item, keeping the nodes of items that look the same.
 * An item is {key, looks, make}: `make()` builds its node, `looks` says what it was built from.
 */
export function reconcile(parent, items) {
  const wanted = new Set(items.map((item) => item.key));
  const have = new Map();
  for (const child of [...parent.children]) {
    if (wanted.has(child.reconciledKey)) have.set(child.reconciledKey, child);
    else child.remove();
  }
  let before = parent.firstElementChild;
  for (const item of items) {
    let node = have.get(item.key);
    if (node && node.reconciledLooks === item.looks) {
      if (node === before) before = node.nextElementSibling;
      else parent.insertBefore(node, before);
      continue;
    }
    const fresh = item.make();
    fresh.reconciledKey = item.key;
    fresh.reconciledLooks = item.looks;
    if (node && node === before) before = node.nextElementSibling;
    if (node) {
      // Lists that hang on a field close when the field loses the focus; removal alone does not tell them.
      if (node.contains(document.activeElement)) document.activeElement.blur();
      node.replaceWith(fresh);
    }
    if (!node || fresh.nextElementSibling !== before) parent.insertBefore(fresh, before);
  }
}

let lastId = 0;

/** An id for aria attributes, unique on this page. */
export function freshId(stem) {
  lastId += 1;
  return `${stem}-${lastId}`;
}

/** The address when it may be opened, else null. */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
