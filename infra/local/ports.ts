import { connect, createServer } from 'node:net';
import { LocalFailure } from './failure.ts';

/** Throws `LocalFailure` when something already listens on the port; `variable` is what the user can set to choose another. */
export async function requireFreePort(port: number, purpose: string, variable: string): Promise<void> {
  if (await isListening(port)) {
    throw new LocalFailure(
      `Port ${port}, needed for ${purpose}, is in use: stop the program that holds it or choose another port with ${variable}=<port>.`,
    );
  }
}

/** A loopback port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

// Connecting, not binding, is the test: macOS lets a loopback bind succeed beside another program's wildcard bind.
export function isListening(port: number, host = 'localhost'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, autoSelectFamily: true });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
