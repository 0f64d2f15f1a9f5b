/** Samples the board's power with nvidia-smi while something runs, where that tool exists. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PowerLogError, type PowerSample, parsePowerLog } from '../bench/energy/power-log.js';

export interface Sampler {
  /** Ends the tool and gives what it wrote; undefined where it wrote nothing of use. */
  readonly stop: () => Promise<readonly PowerSample[] | undefined>;
}

const query = ['--query-gpu=timestamp,power.draw', '--format=csv', '--id=0', '--loop-ms=100'];

/** Undefined where there is no nvidia-smi. Its first GPU is sampled. */
export async function samplePower(): Promise<Sampler | undefined> {
  const child = spawn('nvidia-smi', query, { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
  });
  try {
    await once(child, 'spawn');
  } catch {
    return undefined;
  }
  const closed = once(child, 'close');
  return {
    async stop() {
      child.kill();
      await closed;
      try {
        // The last line may have been cut off.
        return parsePowerLog(text.slice(0, text.lastIndexOf('\n') + 1)).samples;
      } catch (error) {
        if (error instanceof PowerLogError) return undefined;
        throw error;
      }
    },
  };
}
