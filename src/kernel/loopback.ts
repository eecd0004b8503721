const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Of a URL's `hostname`: this machine itself, which no network lies between. A name that only begins like it, `127.0.0.1.example`, is not. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname);
