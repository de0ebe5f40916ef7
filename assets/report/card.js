// The card of a layer: opened from the graph and from the table, closed by Escape.

{
  const { element, data } = qpann;
  const panel = document.getElementById('card');
  let opener = null;

  qpann.openCard = (run, layer, from = opener) => {
    const card = data.runs[run]?.[layer];
    if (card === undefined) return;
    opener = from;
    const last = data.runs[run].length - 1;
    const button = (text, label, onclick, disabled = false) =>
      element('button', { type: 'button', textContent: text, ariaLabel: label, onclick, disabled });
    const heading = element('h2', { id: 'card-title', tabIndex: -1 }, element('bdi', {}, card.title));
    panel.replaceChildren(
      element(
        'div',
        { className: 'top' },
        button('←', 'Layer before', () => qpann.openCard(run, layer - 1), layer === 0),
        button('→', 'Layer after', () => qpann.openCard(run, layer + 1), layer === last),
        button('Close', 'Close the card', close),
      ),
      heading,
      element(
        'p',
        { className: card.replaced ? 'kind replaced' : 'kind' },
        element('bdi', {}, card.class),
        card.replaced ? ', replaced' : '',
      ),
      ...card.groups.slice(0, 2).flatMap(group),
      ...qpann.histogram(card.histogram),
      ...card.groups.slice(2).flatMap(group),
    );
    panel.hidden = false;
    panel.scrollTop = 0;
    heading.focus({ preventScroll: true });
    qpann.markLayer?.(run, layer);
  };

  const group = ({ title, facts }) => [
    element('h3', { textContent: title }),
    element(
      'dl',
      { className: 'facts' },
      ...facts.map(([term, value]) =>
        element(
          'div',
          {},
          element('dt', { textContent: term }),
          element('dd', {}, element('bdi', {}, value)),
        ),
      ),
    ),
  ];

  function close() {
    panel.hidden = true;
    qpann.markLayer?.(-1, -1);
    opener?.focus({ preventScroll: true });
  }

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !panel.hidden) close();
  });
  document.addEventListener('click', ({ target }) => {
    const link = target.closest('button[data-layer]');
    if (link !== null) qpann.openCard(Number(link.dataset.run), Number(link.dataset.layer), link);
  });
}
