/** Seconds between two signs of life of a slow part where the output is not a terminal. */
const heartbeatSeconds = 15;

export interface Progress {
  /** Shows what is being done right now; on a terminal only. */
  now(text: string): void;
  /** Reports something done, on a line of its own. */
  done(text: string): void;
}

/**
 * Runs one slow part of the start with its title and the elapsed seconds on a line: rewritten every second on a terminal, else a line at
 * the start, signs of life and a line at the end.
 */
export async function part<T>(title: string, work: (progress: Progress) => Promise<T>): Promise<T> {
  const started = Date.now();
  const { isTTY } = process.stdout;
  // Some pseudo-terminals say that they have no columns at all.
  const width = (process.stdout.columns || 120) - 1;
  let current = '';
  const write = (mark: string, end: string) => {
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    const line = `${mark} ${title}  ${seconds} s${current === '' ? '' : `  ${current}`}`;
    process.stdout.write(isTTY ? `\r\x1b[2K${line.slice(0, width)}${end}` : `${line}\n`);
  };
  const showRunning = () => write('…', '');
  showRunning();
  const timer = setInterval(showRunning, isTTY ? 1000 : heartbeatSeconds * 1000);
  try {
    const result = await work({
      now: (text) => {
        current = text;
        if (isTTY) {
          showRunning();
        }
      },
      done: (text) => process.stdout.write(`${isTTY ? '\r\x1b[2K' : ''}  ✓ ${text}\n`),
    });
    current = '';
    write('✓', '\n');
    return result;
  } catch (error) {
    write('✗', '\n');
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** A story told line by line, with a dot for every sign of life between two lines. */
export function story(): { tell(line: string): void; waiting(): void } {
  let dots = false;
  return {
    tell: (line) => {
      process.stdout.write(`${dots ? '\n' : ''}${line}\n`);
      dots = false;
    },
    waiting: () => {
      process.stdout.write(dots ? '.' : '    .');
      dots = true;
    },
  };
}
