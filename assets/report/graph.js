// The SQNR graph: zoom, moving, and the way to a layer's card.

{
  const [SMALLEST, LARGEST] = [0.05, 4];
  const STEPS = { in: 1.25, out: 0.8 };
  const KEYS = { '+': 'in', '=': 'in', '-': 'out', 0: 'fit' };
  const MOVES = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

  const views = [...document.querySelectorAll('.graph')].map((frame) => {
    const svg = frame.querySelector('svg');
    const [width, height] = ['width', 'height'].map((side) => Number(svg.getAttribute(side)));
    const layers = [...frame.querySelectorAll('.node[data-layer]')];
    layers.sort((a, b) => a.dataset.layer - b.dataset.layer);
    return { frame, svg, width, height, layers, scale: 1 };
  });

  /** Zooms so that the point of the graph at `x`, `y` of the frame stays where it is. */
  function zoom(view, scale, x = view.frame.clientWidth / 2, y = view.frame.clientHeight / 2) {
    const { frame, svg, width, height } = view;
    const next = Math.min(LARGEST, Math.max(SMALLEST, scale));
    const ratio = next / view.scale;
    const [left, top] = [(frame.scrollLeft + x) * ratio - x, (frame.scrollTop + y) * ratio - y];
    view.scale = next;
    svg.setAttribute('width', width * next);
    svg.setAttribute('height', height * next);
    frame.scrollTo(left, top);
  }

  const fit = (view) => zoom(view, Math.min(1.25, (view.frame.clientWidth - 4) / view.width));
  const change = (view, how) => (how === 'fit' ? fit(view) : zoom(view, view.scale * STEPS[how]));

  function choose({ frame }, node) {
    qpann.openCard(Number(frame.dataset.run), Number(node.dataset.layer), node);
  }

  /** Moves the focus to a layer; Tab leaves the graph. */
  function focus({ layers }, node) {
    for (const other of layers) other.setAttribute('tabindex', other === node ? 0 : -1);
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  function onKey(view, event) {
    const node = event.target.closest('.node[data-layer]');
    const step = MOVES[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (KEYS[event.key] !== undefined) change(view, KEYS[event.key]);
    else if (node === null) return;
    else if (event.key === 'Enter' || event.key === ' ') choose(view, node);
    else if (step !== undefined) {
      const next = view.layers[view.layers.indexOf(node) + step];
      if (next !== undefined) focus(view, next);
    } else return;
    event.preventDefault();
  }

  function letDrag({ frame }) {
    let start = null;
    frame.addEventListener('pointerdown', ({ button, pointerType, clientX, clientY }) => {
      if (button !== 0 || pointerType !== 'mouse') return;
      start = { x: clientX, y: clientY, left: frame.scrollLeft, top: frame.scrollTop };
    });
    addEventListener('pointermove', ({ clientX, clientY }) => {
      if (start === null) return;
      const [dx, dy] = [clientX - start.x, clientY - start.y];
      if (Math.hypot(dx, dy) > 4) frame.classList.add('dragging');
      if (frame.classList.contains('dragging')) frame.scrollTo(start.left - dx, start.top - dy);
    });
    addEventListener('pointerup', () => {
      start = null;
      // The click that ends a drag comes before this.
      setTimeout(() => frame.classList.remove('dragging'));
    });
  }

  qpann.markLayer = (run, layer) => {
    for (const node of document.querySelectorAll('.node.chosen')) node.classList.remove('chosen');
    const view = views.find(({ frame }) => Number(frame.dataset.run) === run);
    const node = view?.layers[layer];
    if (node === undefined) return;
    node.classList.add('chosen');
    const [inner, outer] = [node.getBoundingClientRect(), view.frame.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > outer.bottom)
      view.frame.scrollTop += inner.top - outer.top - view.frame.clientHeight / 2;
  };

  for (const view of views) {
    const { frame } = view;
    letDrag(view);
    frame.addEventListener('keydown', (event) => onKey(view, event));
    frame.addEventListener('click', ({ target }) => {
      const node = target.closest('.node[data-layer]');
      if (node !== null && !frame.classList.contains('dragging')) choose(view, node);
    });
    frame.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        const { left, top } = frame.getBoundingClientRect();
        zoom(view, view.scale * Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
      },
      { passive: false },
    );
    fit(view);
    frame.scrollTo((frame.scrollWidth - frame.clientWidth) / 2, 0);
  }

  const runs = [...document.querySelectorAll('#graph .run')];
  const show = (run) => {
    for (const each of runs) each.hidden = runs.length > 1 && each.dataset.run !== run;
    for (const view of views) if (view.frame.dataset.run === run) fit(view);
  };
  if (runs.length > 1) show('0');
  document
    .querySelector('[data-choose="run"]')
    ?.addEventListener('change', ({ target }) => show(target.value));
  document.querySelector('.zoom')?.addEventListener('click', ({ target }) => {
    const how = target.closest('[data-zoom]')?.dataset.zoom;
    const view = views.find(({ frame }) => frame.offsetParent !== null);
    if (how !== undefined && view !== undefined) change(view, how);
  });
}
