// Builds unless the build is newer than what it is made from: npm prepares a checkout again when `npx` runs its command first.
import { execSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const changed = (path) => lstatSync(path).mtimeMs;
const files = (folder) => readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name}`);

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const sources = [...files('src'), 'tools/build-kernels.mjs', 'tsconfig.build.json', 'tsconfig.json', 'package-lock.json'];
// Written at the very end of a build.
const last = 'node_modules/.bin/qpann';
const isBuilt = existsSync(last) && sources.every((path) => changed(path) < changed(last));
if (!isBuilt) execSync('npm run build', { stdio: 'inherit' });
