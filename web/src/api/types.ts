/** What the node's API answers, as far as the page uses it; docs/api.md has the whole. */

export interface Entry {
  entry: string;
  document: string;
  path: string;
  name: string;
  kind: string;
  size: number;
  mode: string;
  modified: string;
  revision: string;
  heads: number;
  isHere: boolean;
  target: string | null;
  fields: Record<string, string> | null;
}

export interface FieldName {
  name: string;
  type: string;
  isUsed: boolean;
}

export interface Device {
  device: string;
  name: string;
  isOnline: boolean;
  isForked: boolean;
}

export interface Member {
  person: string;
  name: string;
  role: string;
  devices: Device[];
}

export interface Link {
  id: string;
  folder: string;
  directory: string;
  state: string;
  problem: string | null;
}

export interface DiskUse {
  current: number;
  history: number;
  trash: number;
  reclaimable: number;
}

export interface Volume {
  id: string;
  name: string;
  role: string;
  files: number;
  folders: number;
  bytes: number;
  storedBytes: number;
  missingContents: number;
  missingBytes: number;
  conflicts: number;
  isInSync: boolean;
  links: Link[];
  members: Member[];
  policy: string;
  retention: string;
  missingChangesets: number;
  devicesCompared: number;
  diskUse: DiskUse | null;
  copies: { wanted: number; fewContents: number } | null;
  checkpoint: { device: string; progress: number } | null;
  problems: string[];
}

export interface Share {
  volume: string;
  name: string;
  role: string;
  policy: string | null;
  isInStep: boolean | null;
  behind: number | null;
  ahead: number | null;
}

export interface Peer {
  device: string;
  name: string;
  personName: string;
  isOnline: boolean;
  isConnected: boolean;
  via: string | null;
  address: string | null;
  addresses: string[];
  lastSeen: string | null;
  bytesSent: number;
  bytesReceived: number;
  lastProblem: string | null;
  shares: Share[];
}

export interface Job {
  id: string;
  kind: string;
  title: string;
  state: string;
  done: number;
  total: number;
  unit: string;
  started: string;
  problem: string | null;
  perSecond: number;
  secondsLeft: number | null;
}

export interface Pauses {
  all: boolean;
  volumes: string[];
  fetches: string[];
}

export interface NodeStatus {
  version: string;
  device: string;
  deviceName: string;
  personName: string;
  addresses: string[];
  memoryBytes: number;
  volumes: Volume[];
  peers: Peer[];
  jobs: Job[];
  mount: { directory: string | null; problem: string | null };
  paused: Pauses;
  problems: string[];
}

export interface Revision {
  revision: string;
  document: string;
  parents: string[];
  kind: string;
  size: number;
  modified: string;
  time: string;
  author: string;
  creator: string;
  comment: string;
  isHead: boolean;
  isShown: boolean;
  isMerge: boolean;
  isHere: boolean;
}

export interface Diff {
  before: string;
  after: string;
  fields: { field: string; before: string; after: string }[];
  text: string | null;
}

export interface Conflict {
  path: string;
  document: string;
  volume: string;
  heads: Revision[];
}

export interface ThreeWay {
  path: string;
  base: Revision | null;
  heads: Revision[];
  text: string | null;
}

export interface Rule {
  rule: string;
  sourceVolume: string;
  sourcePath: string;
  targetVolume: string;
  targetPath: string;
  direction: string;
  isFile: boolean;
  strategy: string;
  only: string[];
  except: string[];
  state: string;
  failure: string | null;
  lastRun: string | null;
  changed: number;
  problems: { volume: string; path: string; document: string; kind: string; message: string }[];
  skipped: string[];
}

export interface Limit {
  peer: string | null;
  peerName: string | null;
  up: number | null;
  down: number | null;
  from: string | null;
  to: string | null;
  days: string | null;
  isActive: boolean;
}

export interface Rate {
  upPerSecond: number;
  downPerSecond: number;
}

export interface Limits {
  limits: Limit[];
  total: Rate;
}

export interface SavedQuery {
  volume: string;
  volumeId: string;
  path: string;
  query: string | null;
  problem: string | null;
}

export interface Offer {
  volume: string;
  group: string;
  path: string;
  owner: string;
  device: string;
  isOwn: boolean;
  directory: string | null;
  state: string;
  files: number;
  bytes: number;
  isOnline: boolean;
  problem: string | null;
}

export interface Thin {
  versions: number;
  bytes: number;
  freedBytes: number;
  documents: { path: string; versions: number; bytes: number }[];
  moreDocuments: number;
}

export interface Deleted {
  entry: string;
  path: string;
  name: string;
  kind: string;
  size: number;
  modified: string;
}

export interface Change {
  changeset: string;
  time: string;
  device: string;
  person: string;
  kind: string;
  path: string;
  from: string | null;
  entry: string | null;
  isFolder: boolean;
  comment: string;
}

export interface ChangePage {
  changes: Change[];
  next: string | null;
}

export interface Match {
  volume: string;
  volumeId: string;
  entry: Entry;
  isDeleted: boolean;
  snippet: string | null;
}

export interface SearchAnswer {
  matches: Match[];
  total: number;
  next: string | null;
  isPartial: boolean;
}

export interface Field {
  name: string;
  type: string;
  text: string;
  source: string;
}

export interface Where {
  hereFiles: number;
  files: number;
  isPinned: boolean;
  copies: number | null;
  devices: { device: string; name: string; isOnline: boolean; answered: boolean; files: number }[];
  volumes: { volume: string; volumeId: string; path: string }[];
}

export interface Document {
  address: string;
  places: string[];
  backlinks: number;
}

export interface Backlinks {
  links: { volume: string; volumeId: string; path: string }[];
}

export interface Session {
  deviceName: string;
  personName: string;
  requestToken: string;
}

export interface NodeEvent {
  id: string;
  kind: "changes" | "contents" | "status" | "reset";
  volume: string | null;
  paths: string[];
  hasMore: boolean;
}
