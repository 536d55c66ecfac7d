import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What is swallowed: everything, or only what the server says (the statement arrives, its answer does not). */
export type Silence = 'both ways' | 'answers';

/**
 * A network between client and server that can go silent without closing anything: neither side hears of it, and the
 * kernels go on answering each other's keepalives. New connections are taken and met with the same silence.
 */
export class SilentProxy {
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: URL;
  #silence: Silence | null = null;

  private constructor(listener: Server, target: URL) {
    this.#listener = listener;
    this.#target = target;
    listener.on('connection', (client) => this.#join(client));
  }

  static async start(targetUrl: string): Promise<SilentProxy> {
    const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new SilentProxy(listener, new URL(targetUrl));
  }

  /** The target's URL by way of this proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String((this.#listener.address() as AddressInfo).port);
    return url.href;
  }

  get isSilent(): boolean {
    return this.#silence !== null;
  }

  /** From now on, and for good. */
  goSilent(silence: Silence): void {
    this.#silence = silence;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #join(client: Socket): void {
    const server = connect({ host: this.#target.hostname, port: Number(this.#target.port), allowHalfOpen: true });
    const forward = (from: Socket, to: Socket, swallows: readonly Silence[]) => {
      this.#sockets.add(from);
      const isSilent = () => this.#silence !== null && swallows.includes(this.#silence);
      from.on('data', (bytes) => {
        if (!isSilent()) to.write(bytes);
      });
      // Half-open: that one side has gone is news, too, and is not forwarded.
      from.on('close', () => {
        this.#sockets.delete(from);
        if (this.#silence === null) to.destroy();
      });
      from.on('end', () => {
        if (this.#silence === null) to.end();
      });
      from.on('error', () => {});
    };
    forward(client, server, ['both ways']);
    forward(server, client, ['both ways', 'answers']);
  }
}
