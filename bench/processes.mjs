import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * @typedef {object} Participant an engine with a network, waiting for its turn
 * @property {readonly number[]} output its first answer
 * @property {string} runtime where it runs, with version
 * @property {string} [version] of the engine, where its package.json does not say
 * @property {(runs: number) => Promise<number[]>} turn milliseconds of some runs
 * @property {() => void} close
 */

/**
 * Starts a process that speaks the protocol of process-host.mjs.
 * @param {string} command @param {readonly string[]} args
 * @returns {Promise<Participant>} rejected with what the process printed last if it ends
 */
export async function openProcess(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (text) => {
    errors = (errors + text).slice(-2000);
  });
  const ended = new Promise((_, reject) => {
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`ended with ${code}: ${errors.trim().split('\n').at(-1)}`)));
  });
  ended.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    for (;;) {
      const { value } = await Promise.race([lines.next(), ended]);
      if (value?.startsWith('{')) return JSON.parse(value);
      if (value === undefined) await ended;
    }
  };
  const first = await answer();
  return {
    ...first,
    turn: async (runs) => {
      child.stdin.write(`${JSON.stringify({ runs })}\n`);
      return (await answer()).times;
    },
    close: () => child.kill(),
  };
}
