import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * An address that leads to one server now and to another later, as a cluster's endpoint does; also a network that can be
 * cut. Connections that are made while nothing stands behind it are refused by closing them at once.
 */
export class Endpoint {
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  #target: number | null;

  private constructor(listener: Server, target: number) {
    this.#listener = listener;
    this.#target = target;
    listener.on('connection', (client) => this.#forward(client));
  }

  /** Listens on a free port of 127.0.0.1 and leads to `target`, a port there. */
  static async open(target: number): Promise<Endpoint> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new Endpoint(listener, target);
  }

  get port(): number {
    const address = this.#listener.address();
    if (address === null || typeof address === 'string') throw new Error('The endpoint is closed');
    return address.port;
  }

  /** New connections go there; those that are open stay where they are, as behind a name that changes. */
  leadTo(target: number): void {
    this.#target = target;
  }

  /** Breaks every connection and makes no more, until it leads somewhere again. */
  cut(): void {
    this.#target = null;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #forward(client: Socket): void {
    client.on('error', () => {});
    if (this.#target === null) {
      client.destroy();
      return;
    }
    const server = connect(this.#target, '127.0.0.1');
    server.on('error', () => {});
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.setNoDelay(true);
      one.pipe(other);
      one.once('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
