// The images on which the models disagree.

{
  const { element, data } = qpann;
  const { models, names, rows } = data.images;
  const section = document.getElementById('images');
  const list = section?.querySelector('.images') ?? null;
  const PAGE = 60;

  function item([file, label, classes, confidences, picture]) {
    const predictions = models.flatMap((model, i) => {
      const name = names[classes[i]];
      const isRight = classes[i] === label;
      return [
        element('dt', { textContent: model, title: model }),
        element(
          'dd',
          { className: isRight ? 'right' : 'wrong', title: name },
          isRight ? '✓ ' : '✗ ',
          element('bdi', {}, name),
        ),
        element('dd', { className: 'confidence', textContent: `${confidences[i]} %` }),
      ];
    });
    const image = () =>
      element('img', {
        src: `data:image/jpeg;base64,${picture}`,
        alt: `Picture of ${names[label]}`,
      });
    return element(
      'li',
      { className: picture === undefined ? 'bare' : '' },
      ...(picture === undefined ? [] : [image()]),
      element(
        'div',
        {},
        element('h3', {}, element('bdi', {}, names[label])),
        element('span', { className: 'file', title: file }, element('bdi', {}, file)),
        element('dl', {}, ...predictions),
      ),
    );
  }

  /** How a model fares on an image beside the Reference. */
  function kindOf([, label, classes], model) {
    const [before, after] = [classes[0] === label, classes[model] === label];
    if (before !== after) return before ? 'lost' : 'won';
    return classes[0] === classes[model] ? 'same' : 'other';
  }

  function start() {
    const [kind, text, more, count] = [
      '[data-filter="kind"]',
      '[data-filter="images"]',
      '.more',
      '.count',
    ].map((selector) => section.querySelector(selector));
    const words = rows.map(([file, label, classes]) =>
      [file, names[label], ...classes.map((each) => names[each])].join(' ').toLowerCase(),
    );
    let chosen = rows;
    let shown = 0;

    function showMore() {
      list.append(...chosen.slice(shown, shown + PAGE).map(item));
      shown = Math.min(chosen.length, shown + PAGE);
      count.textContent = `${shown} of ${chosen.length} shown`;
      more.hidden = shown === chosen.length;
    }

    function filter() {
      const [wantedKind, model] = kind.value.split(' ');
      const wanted = text.value.trim().toLowerCase();
      const isWanted = (row, i) =>
        (wantedKind === '' || kindOf(row, Number(model)) === wantedKind) && words[i].includes(wanted);
      chosen = rows.filter(isWanted);
      shown = 0;
      list.replaceChildren();
      showMore();
    }

    kind.addEventListener('change', filter);
    text.addEventListener('input', qpann.afterPause(filter));
    more.addEventListener('click', showMore);
    showMore();
  }

  if (list !== null) start();
}
