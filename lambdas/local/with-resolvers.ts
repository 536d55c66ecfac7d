/**
 * aws-local-stepfunctions calls `Promise.withResolvers`, which came with Node 22; Node 20 lacks that one function and
 * nothing else. To be imported before the interpreter.
 */
interface WithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (reason?: unknown) => void;
}

function withResolvers<T>(): WithResolvers<T> {
  let resolve: WithResolvers<T>['resolve'] = () => {};
  let reject: WithResolvers<T>['reject'] = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

if (!('withResolvers' in Promise)) {
  Object.defineProperty(Promise, 'withResolvers', { value: withResolvers, configurable: true, writable: true });
}
