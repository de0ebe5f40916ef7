// What the other scripts of the page share.

globalThis.qpann = {
  data: JSON.parse(document.getElementById('data').textContent),

  /** An element with properties and children; text is only ever text. */
  element(name, properties = {}, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  },

  /** The same in SVG, whose properties are attributes. */
  drawing(name, attributes = {}, ...children) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  },

  /** Calls `action` when input pauses. */
  afterPause(action) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(action, 120);
    };
  },
};

for (const controls of document.querySelectorAll('.controls, .zoom, .choice')) controls.hidden = false;

// The label of a mark of a plot shows beside the pointer.
{
  const tip = document.getElementById('tip');
  document.addEventListener('pointerover', ({ target, clientX, clientY }) => {
    const label = target.closest?.('.plot path[aria-label]')?.getAttribute('aria-label') ?? null;
    tip.hidden = label === null;
    if (tip.hidden) return;
    tip.textContent = label;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(clientX + 12, innerWidth - width - 8))}px`;
    tip.style.top = `${Math.max(4, clientY - height - 10)}px`;
  });
}
