import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { failure } from '../core/index.js';
import type { KernelModules } from '../engine/index.js';

/** Where the build puts the fast kernels, seen from `src/eval` and from `dist/eval`. */
const fileOf = (build: keyof KernelModules): string =>
  fileURLToPath(new URL(`../../dist/kernels/${build}.wasm`, import.meta.url));

/**
 * The fast kernels for `compile`, or undefined where the runtime has no WebAssembly SIMD.
 * @throws QpannError if the build's files are missing
 */
export function loadKernels(): KernelModules | undefined {
  const [plain, shared] = [read('plain'), read('shared')];
  if (!WebAssembly.validate(plain) || !WebAssembly.validate(shared)) return undefined;
  return { plain: new WebAssembly.Module(plain), shared: new WebAssembly.Module(shared) };
}

function read(build: keyof KernelModules): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(fileOf(build)));
  } catch (cause) {
    throw failure(`${fileOf(build)} cannot be read: run npm run build`, { cause });
  }
}
