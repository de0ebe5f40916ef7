/** The rooms of ARCHITECTURE.md: what each folder of src may import. */
const rooms = {
  core: [],
  formats: ['core'],
  ops: ['core'],
  kernels: ['core', 'ops'],
  engine: ['core', 'ops', 'kernels'],
  import: ['core', 'ops', 'formats'],
  export: ['core', 'ops', 'engine', 'formats'],
  quant: ['core', 'ops', 'engine'],
  sqnr: ['core', 'engine'],
  cost: ['core', 'ops', 'engine'],
  data: ['core', 'formats'],
  eval: ['core', 'ops', 'engine', 'import', 'export', 'quant', 'sqnr', 'cost', 'data', 'kernels'],
  search: ['core', 'ops', 'engine', 'import', 'export', 'quant', 'sqnr', 'cost', 'data', 'eval'],
  report: ['core', 'formats', 'sqnr', 'cost', 'eval', 'search'],
  cli: [
    'core',
    'ops',
    'engine',
    'import',
    'export',
    'quant',
    'sqnr',
    'cost',
    'data',
    'eval',
    'search',
    'report',
  ],
};
const withoutNode = ['core', 'formats', 'ops', 'engine', 'import', 'export', 'quant', 'sqnr', 'cost'];

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `room-${room}`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
    })),
    {
      name: 'no-node-in-the-engine',
      comment: 'These rooms take bytes and give bytes, so that they also run in a browser.',
      severity: 'error',
      from: { path: `^src/(${withoutNode.join('|')})/` },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
