import './uvu-defer.js';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { exec } from 'uvu';
import { load, results } from './harness.js';
import { uvuState } from './uvu-defer.js';

// Usage: npm test [-- PATTERN …]: runs every test file, or those whose path contains a PATTERN.
const root = fileURLToPath(new URL('.', import.meta.url));
const patterns = process.argv.slice(2);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)))
  .sort();
if (files.length === 0) throw new Error(`no test file matches ${patterns.join(' ')}`);

for (const file of files) {
  uvuState.UVU_QUEUE?.push([file]);
  await load(file, pathToFileURL(join(root, file)).href);
  if (uvuState.UVU_INDEX !== undefined) uvuState.UVU_INDEX += 1;
}
await exec(false);
const { passed, failed, skipped } = results();
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
