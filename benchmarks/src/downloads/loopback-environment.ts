/** This process's own, with two things added: where Debian has nginx, and that no proxy stands before the loopback interface. */
export function loopbackEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin`, no_proxy: "127.0.0.1", NO_PROXY: "127.0.0.1" };
}
