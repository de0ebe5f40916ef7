// Makes `npx qpann` find the command in a checkout as it does where qpann is installed: npm links only the bins of dependencies.
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';

if (process.platform !== 'win32') {
  const bins = new URL('../node_modules/.bin/', import.meta.url);
  mkdirSync(bins, { recursive: true });
  rmSync(new URL('qpann', bins), { force: true });
  symlinkSync('../../dist/cli/main.js', new URL('qpann', bins));
  chmodSync(new URL('../dist/cli/main.js', import.meta.url), 0o755);
}
