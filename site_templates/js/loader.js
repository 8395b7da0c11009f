/**
 * What the page loads after it was shown: each address once, and again only if it failed.
 */

/** How far from the viewport a figure is when its data are fetched. */
const NEAR = "800px 0px";

const requests = new Map();

/**
 * The text of a file of this site.
 *
 * @param {string} address
 * @returns {Promise<string>}
 */
export function loadText(address) {
  return once(address, async () => {
    const response = await fetch(address);
    if (!response.ok) throw new LoadError(`${address}: the server answers ${response.status}`);
    return response.text();
  });
}

/**
 * Run a classic script of this site, once.
 *
 * @param {string} address
 * @returns {Promise<void>}
 */
export function loadScript(address) {
  return once(address, () => {
    const { promise, resolve, reject } = Promise.withResolvers();
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => {
      script.remove();
      reject(new LoadError(`${address}: could not be loaded`));
    };
    document.head.append(script);
    return promise;
  });
}

/** Fetch a script's bytes without running them: running plotly.js holds the page up for a second. */
export function preloadScript(address) {
  const link = document.createElement("link");
  Object.assign(link, { rel: "preload", as: "script", href: address });
  document.head.append(link);
}

/** A file of the site cannot be had. */
export class LoadError extends Error {
  constructor(message) {
    super(message);
    this.name = "LoadError";
  }
}

/**
 * The result of work done once for each key; a failure is forgotten, so that it can be tried again.
 *
 * @template T
 * @param {string} key
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function once(key, work) {
  if (!requests.has(key)) {
    const request = work();
    requests.set(key, request);
    request.catch(() => requests.delete(key));
  }
  return requests.get(key);
}

/**
 * Resolves when an element comes near the viewport.
 *
 * @param {Element} target
 * @returns {Promise<void>}
 */
export function whenNear(target) {
  const { promise, resolve } = Promise.withResolvers();
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      resolve();
    },
    { rootMargin: NEAR },
  );
  observer.observe(target);
  return promise;
}

/** Resolves when the page itself is whole: what it need not wait for begins after. */
export function whenLoaded() {
  if (document.readyState === "complete") return Promise.resolve();
  return new Promise((resolve) => addEventListener("load", resolve, { once: true }));
}

/** Resolves when the page has painted and has nothing urgent to do. */
export function whenIdle() {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(resolve, { timeout: 1500 });
    else setTimeout(resolve, 200);
  });
}
