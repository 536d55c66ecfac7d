/** How soon a parent's end is noticed, ms; getppid() costs nothing. */
const LOOK_EVERY_MS = 250;

/**
 * Calls `onGone` once when the process that started this one under npm has ended. npm passes SIGTERM to its shell, which
 * ends without passing it on (dash, busybox), and ends itself at once: this process would go on with nobody to stop it.
 * Only under npm: a process put into the background on purpose outlives its shell, and must.
 */
export function watchParentUnderNpm(onGone: () => void, env: NodeJS.ProcessEnv = process.env): void {
  if (env.npm_lifecycle_event === undefined) {
    return;
  }
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(timer);
      onGone();
    }
  }, LOOK_EVERY_MS);
  // Keeps nothing alive by itself.
  timer.unref();
}
