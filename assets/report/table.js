// Tables that can be sorted by a column, and the filter of the table of layers.

for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const headers = [...table.tHead.rows[0].cells];
  const collator = new Intl.Collator('en', { numeric: true });

  /** What to sort a row by; nothing goes last in either direction. */
  function keyOf(row, column, isNumber) {
    const cell = row.cells[column];
    if (!isNumber) return cell.textContent.trim();
    return cell.dataset.value === '' ? null : Number(cell.dataset.value);
  }

  table.tHead.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (button === null) return;
    const header = target.closest('th');
    const isNumber = button.dataset.sort === 'number';
    const direction = header.ariaSort === 'ascending' ? -1 : 1;
    for (const other of headers) other.ariaSort = null;
    header.ariaSort = direction === 1 ? 'ascending' : 'descending';
    const column = headers.indexOf(header);
    const rows = original.map((row, order) => ({ row, order, value: keyOf(row, column, isNumber) }));
    rows.sort((a, b) => {
      const isLast = (a.value === null) - (b.value === null);
      const compared = isNumber ? a.value - b.value : collator.compare(a.value, b.value);
      return isLast || direction * compared || a.order - b.order;
    });
    body.append(...rows.map(({ row }) => row));
  });
}

{
  const section = document.getElementById('layers');
  const find = (selector) => section?.querySelector(selector) ?? null;
  const [text, replaced, count] = ['[data-filter="text"]', '[data-filter="replaced"]', '.count'].map(find);
  const rows = [...(section?.querySelectorAll('tbody tr') ?? [])];
  const words = rows.map((row) =>
    [0, 1, 2]
      .map((i) => row.cells[i].textContent)
      .join(' ')
      .toLowerCase(),
  );

  function filter() {
    const wanted = text.value.trim().toLowerCase();
    rows.forEach((row, i) => {
      const isWanted = !replaced.checked || row.classList.contains('replaced');
      row.hidden = !isWanted || !words[i].includes(wanted);
    });
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} layers`;
  }

  if (section !== null) {
    text.addEventListener('input', qpann.afterPause(filter));
    replaced.addEventListener('change', filter);
    filter();
  }
}
