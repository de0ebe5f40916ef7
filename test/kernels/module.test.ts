import { loadKernels } from '../../src/eval/index.js';
import { KERNEL_NAMES } from '../../src/kernels/index.js';
import { assert, test } from '../harness.js';

for (const [build, module] of Object.entries(loadKernels()!))
  test(`the ${build} module exports the kernels that the bindings name, and wants nothing but memory`, () => {
    const functions = WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'function');
    assert.equal(functions.map(({ name }) => name).sort(), [...KERNEL_NAMES].sort());
    assert.equal(WebAssembly.Module.imports(module), [{ module: 'env', name: 'memory', kind: 'memory' }]);
  });
