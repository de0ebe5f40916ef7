// Compiles src/kernels/assembly to dist/kernels: one source, for memory of one thread and for memory that threads share.
import { main } from 'assemblyscript/asc';

// Not -O3: it folds loops that differ in a constant, such as an operator's code, into one that tests it for each element.
const COMMON = [
  'src/kernels/assembly/index.ts',
  '--runtime', 'stub',
  '-O2',
  '--noAssert',
  '--importMemory',
  '--enable', 'simd',
];
const BUILDS = {
  plain: [],
  shared: ['--enable', 'threads', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
};

for (const [name, options] of Object.entries(BUILDS)) {
  const { error, stderr } = await main([...COMMON, ...options, '--outFile', `dist/kernels/${name}.wasm`]);
  if (error) {
    console.error(stderr.toString());
    throw error;
  }
}
