/** Seconds between two signs of life of a slow part where the output is not a terminal. */
const heartbeatSeconds = 15;

/**
 * Runs one slow part of the start with its title and the elapsed seconds on a line: rewritten every second on a terminal, else a line at
 * the start, signs of life and a line at the end. `work` may show what it is doing with `detail`.
 */
export async function part<T>(title: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T> {
  const started = Date.now();
  const { isTTY } = process.stdout;
  let current = '';
  const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
  const show = (mark: string, end: string) => {
    const line = `${mark} ${title}  ${seconds()} s${current === '' ? '' : `  ${current}`}`;
    process.stdout.write(isTTY ? `\r\x1b[2K${line.slice(0, (process.stdout.columns ?? 120) - 1)}${end}` : `${line}\n`);
  };
  if (!isTTY) {
    process.stdout.write(`… ${title}\n`);
  }
  const timer = setInterval(() => show('…', ''), isTTY ? 1000 : heartbeatSeconds * 1000);
  try {
    const result = await work((text) => {
      current = text;
      if (isTTY) {
        show('…', '');
      }
    });
    current = '';
    show('✓', '\n');
    return result;
  } catch (error) {
    show('✗', '\n');
    throw error;
  } finally {
    clearInterval(timer);
  }
}
