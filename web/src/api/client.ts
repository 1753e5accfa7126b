/** Requests to the node that served this page. */
import { DetailedError, Upload } from "tus-js-client";
import type { Session } from "./types";

const root = "/api/v1/";

/** Why the node refused, in a sentence for people. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
  ) {
    super(message);
  }
}

let requestToken = "";

type Query = Record<string, string | number | boolean | undefined>;

/** Path of a resource: `at("volumes", id, "entries")`; whatever is in a part, it stays one part. */
export function at(...parts: string[]): string {
  return parts.map(encodeURIComponent).join("/");
}

export function address(path: string, query: Query = {}): string {
  const set = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]));
  return root + path + (set.length > 0 ? `?${set.join("&")}` : "");
}

/** Told when the node does not know this browser any more. */
export const loggedOut = new EventTarget();

async function problemOf(response: Response): Promise<Problem> {
  if (response.status === 401) loggedOut.dispatchEvent(new Event("now"));
  try {
    const body = (await response.json()) as { kind?: string; detail?: string };
    return new Problem(response.status, body.kind ?? "Internal", body.detail ?? response.statusText);
  } catch {
    return new Problem(response.status, "Protocol", response.statusText);
  }
}

async function ask(method: string, path: string, query: Query, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { "X-PeerDrive-Request": requestToken };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(address(path, query), init);
  } catch {
    throw new Problem(0, "Unreachable", "");
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function send<T>(method: string, path: string, query: Query, body?: unknown): Promise<T> {
  const response = await ask(method, path, query, body);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Some of a long answer, and whether there is more. */
export async function getPage<T>(path: string, query: Query): Promise<{ body: T; hasMore: boolean }> {
  const response = await ask("GET", path, query);
  return { body: (await response.json()) as T, hasMore: response.headers.get("Link")?.includes('rel="next"') ?? false };
}

export const get = <T>(path: string, query: Query = {}) => send<T>("GET", path, query);
export const post = <T>(path: string, body: unknown = {}, query: Query = {}) => send<T>("POST", path, query, body);
export const patch = <T>(path: string, body: unknown) => send<T>("PATCH", path, {}, body);
export const remove = <T>(path: string, query: Query = {}) => send<T>("DELETE", path, query);

/** The text of a content, at most `limit` bytes of it. */
export async function text(path: string, query: Query, limit: number): Promise<string> {
  const response = await fetch(address(path, query), { headers: { Range: `bytes=0-${limit - 1}` } });
  if (response.status === 416) return "";
  if (!response.ok) throw await problemOf(response);
  return response.text();
}

/** From this size on a file goes in pieces, so that it can go on after a connection broke or the page was loaded anew. */
const resumableBytes = 8 << 20;

/** Milliseconds, less than the node remembers an upload. */
const resumableFor = 6 * 86_400_000;

/** Puts a file into a volume; `onProgress` is told bytes that went. */
export function upload(volume: string, path: string, file: File, onProgress: (bytes: number) => void): Promise<void> {
  const modified = new Date(file.lastModified).toISOString();
  return file.size < resumableBytes ? putWhole(volume, path, file, modified, onProgress) : putInPieces(volume, path, file, modified, onProgress);
}

function putWhole(volume: string, path: string, file: File, modified: string, onProgress: (bytes: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", address(at("volumes", volume, "content"), { path, folders: true, modified }));
    request.setRequestHeader("X-PeerDrive-Request", requestToken);
    request.upload.onprogress = (e) => onProgress(e.loaded);
    request.onerror = () => reject(new Problem(0, "Unreachable", ""));
    request.onload = () => (request.status < 300 ? resolve() : reject(problemIn(request.status, request.responseText)));
    request.send(file);
  });
}

function putInPieces(volume: string, path: string, file: File, modified: string, onProgress: (bytes: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const sending = new Upload(file, {
      endpoint: address(at("volumes", volume, "uploads")),
      headers: { "X-PeerDrive-Request": requestToken },
      metadata: { path, folders: "true", modified },
      retryDelays: [500, 2_000, 5_000, 10_000, 20_000],
      removeFingerprintOnSuccess: true,
      fingerprint: async () => ["peerdrive", volume, path, file.size, file.lastModified].join("\n"),
      onProgress,
      onSuccess: () => resolve(),
      onError: (error) => {
        const answer = error instanceof DetailedError ? error.originalResponse : null;
        reject(answer ? problemIn(answer.getStatus(), answer.getBody()) : new Problem(0, "Unreachable", ""));
      },
    });
    void sending.findPreviousUploads().then((known) => {
      // What was done long ago is not asked for: the file may have changed in the volume since.
      const before = known.find((upload) => Date.now() - new Date(upload.creationTime).getTime() < resumableFor);
      if (before) sending.resumeFromPreviousUpload(before);
      sending.start();
    });
  });
}

function problemIn(status: number, text: string): Problem {
  try {
    const body = JSON.parse(text) as { kind: string; detail: string };
    return new Problem(status, body.kind, body.detail);
  } catch {
    return new Problem(status, "Protocol", `${status}`);
  }
}

/** The session of this browser; null: it has none. A code in the address begins one, and leaves the address. */
export async function findSession(): Promise<Session | null> {
  const code = /^#code=([\w-]+)$/.exec(location.hash)?.[1];
  if (code) {
    history.replaceState(null, "", location.pathname);
    try {
      return await logIn(code);
    } catch {
      // An old code in a reloaded address: the session that there is may be good.
    }
  }
  try {
    const session = await get<Session>("session");
    requestToken = session.requestToken;
    return session;
  } catch (e) {
    if (e instanceof Problem && e.status === 401) return null;
    throw e;
  }
}

export async function logIn(secret: string): Promise<Session> {
  const session = await post<Session>("session", { secret });
  requestToken = session.requestToken;
  return session;
}

export const logOut = () => remove<void>("session");
