/** All that the page says, in one place for translators. */
import { number } from "../shared/format";

const many = (count: number, one: string, more: string) => `${number(count)} ${count === 1 ? one : more}`;

export const t = {
  // Frame
  files: "Files", search: "Search", conflicts: "Conflicts", trash: "Trash", activity: "Activity", peers: "Peers", jobs: "Jobs", volumes: "Volumes", menu: "Menu", main: "Main", skip: "Skip to the content",
  light: "Light", dark: "Dark", system: "As the system", theme: "Colours", logOut: "Log out", undo: "Undo", cancel: "Cancel", close: "Close", save: "Save", failed: "That did not work", loading: "Loading",
  unreachable: "The node does not answer. Is it running? Start it with: peerdrive up", notThere: "The node does not answer; what you see may be old.", nothingHere: "There is nothing at this address.", retry: "Try again",
  pauseAll: "Pause all", resumeAll: "Resume",
  // Log in
  logInTitle: "This page belongs to one person", logInHow: "Open it from a terminal on this device, and you are logged in:", logInToken: "Or with the password of this node, or the token from the file api-token in its data directory", token: "Token", logIn: "Log in",
  // First run
  welcome: "Welcome to PeerDrive", welcomeText: "Your files, on all your devices and with the people you choose. No server in between.", startNew: "Share a folder of this device", startNewText: "Everything in it gets versions, and goes to the devices that you invite.",
  joinTitle: "Join with an invitation", joinText: "Somebody, or another device of yours, gave you a ticket.", emptyVolume: "Start with an empty volume", emptyVolumeText: "Add files here, in the page or in the mounted drive.",
  directory: "Directory on this device", directoryHint: "Its whole path, such as /home/ada/Documents. Nothing in it is changed.", name: "Name", ticket: "Ticket", joinInto: "Directory to keep it in (may stay empty)", join: "Join", share: "Share", create: "Create",
  // Volumes
  newVolume: "New volume", invite: "Invite", inviteTitle: (name: string) => `Invite to ${name}`, inviteText: "On the other device, run or paste this. Whoever has it can join until it expires, so send it only to whom you mean.", inviteRole: "They may", roleWriter: "read and change", roleReader: "read only",
  roleOwner: "own it", makeTicket: "Make a ticket", copy: "Copy", copied: "Copied", expires: (when: string) => `Good until ${when}`, inStep: "In step", missing: (n: number) => `${many(n, "content is", "contents are")} on the way`, behind: (n: number) => `${many(n, "change", "changes")} on the way`,
  alone: "Only on this device", members: "Members", policy: "Kept here", policies: { full: "Everything", metadata: "Names only; contents when opened", cache: "What was used last" } as Record<string, string>, retention: "Versions", linked: "Linked directory", diskUse: "Disk", current: "Current files", history: "Old versions", inTrash: "Trash",
  reclaimable: "Unused", filesIn: (files: number, folders: number) => `${many(files, "file", "files")} in ${many(folders, "folder", "folders")}`, verified: (device: string, percent: number) => `Shown as ${device} says, while its history is verified: ${percent} %`, keepAll: "All versions",
  settings: "Settings", settingsOf: (name: string) => `Settings of ${name}`, apply: "Apply", cacheSize: "At most", copiesWanted: "Copies on other devices", copiesAbout: "Nothing is freed anywhere before so many hold it; 0: no number",
  fewCopies: (n: number) => `${many(n, "content lies", "contents lie")} on fewer devices`, retentionAbout: "Old versions that go from this device may come back from another that kept them. What has a comment or is pinned stays.", retentionUsual: "Keep", retentionOwn: "As written", retentionRule: "The rule",
  retentions: ["All versions", "All for 30 days, then daily, weekly, monthly, yearly", "All for a week, then daily, weekly, for a year", "The last 10 versions", "Only the current version"], thinLook: "What would go now?", thinNothing: "Nothing goes now.",
  thinWould: (versions: number, size: string) => `${many(versions, "old version", "old versions")} would go, ${size}`, thinNow: "Let them go", thinned: (versions: number, size: string) => `${many(versions, "version", "versions")} went, ${size} freed`, collect: "Give unused room back", linkedDirectories: "Directories that show it",
  unlink: "Unlink", doLink: "Link", directoryLink: "Its files come into the volume, and what is in the volume appears in it.",
  // Rules
  rules: "Rules", newRule: "New rule", rulesAbout: "A rule keeps a folder of one volume in step with a folder of another, with all versions: a backup, a mirror, a shared part.", rulesNeedTwo: "A rule is between two volumes, and there are not two yet.", noRules: "There are no rules.", runNow: "Run now",
  directions: { "one-way": "One way; nothing is deleted", "two-way": "Both ways, deletes too", mirror: "Mirror: the target becomes what the source is" } as Record<string, string>, strategies: { "fast-forward": "name what changed on both sides", latest: "show the latest", merge: "merge" } as Record<string, string>,
  ruleStates: { "in-step": "In step", running: "Running", paused: "Paused", problems: "To be settled", waiting: "Waiting", failed: "Failed" } as Record<string, string>, lastRun: (when: string, n: string) => `last run ${when}, ${n} changed`, only: "Only", except: "Leave out", patterns: "Patterns of paths, as in an ignore file",
  takes: { source: "Take the source's", target: "Take the target's", merge: "Merge", skip: "Leave out" } as Record<string, string>, leftOut: "Left out", source: "From", target: "To", folder: "Folder", direction: "Direction", strategy: "When both sides changed",
  // Settings
  thisNode: "This node", device: "Device", person: "Person", addresses: "Addresses", version: "Version", memory: "Memory", mount: "Drive", mountedAt: "All volumes are mounted at", unmount: "Unmount", mountWhere: "Directory, or nothing for the usual one", doMount: "Mount", limits: "Speed limits",
  ratesNow: (up: string, down: string) => `Now: ${up} sent, ${down} received`, noLimits: "There are no limits.", limitFor: "With", everybody: "Everybody", when: "When", always: "Always", active: "Now", upKiB: "Send, KiB/s", downKiB: "Receive, KiB/s", from: "From", until: "Until", setLimit: "Set", clearLimits: "Remove all limits",
  offers: "Offers", offersAbout: "An offered directory appears in the common tree of a group, read-only, straight from its disk.", filesCount: (n: number) => many(n, "file", "files"), endOffer: (path: string) => `End the offer ${path}`, group: "Group", doOffer: "Offer",
  // Files
  upload: "Upload files", uploadFolder: "Upload a folder", newFolder: "New folder", rename: "Rename", move: "Move", moveTo: "New path", delete: "Delete", download: "Download", details: "Details", versions: "Versions", preview: "Preview", modified: "Changed", size: "Size", kind: "Kind", here: "Here", 
  isHere: "Its bytes are on this device", isElsewhere: "Its bytes are on other devices; they come when you open it", inConflict: "In conflict", emptyFolder: "This folder is empty.", emptyFolderHow: "Drop files or folders here, or upload them.", dropHere: "Drop to upload into this folder", selected: (n: number) => many(n, "selected", "selected"),
  items: (n: number) => many(n, "entry", "entries"), path: "Path", created: (name: string) => `${name} was made`, deleted: (n: number) => `${many(n, "entry", "entries")} went to the trash`, renamed: (name: string) => `It is called ${name} now`, restored: (name: string) => `${name} is back`,
  uploading: (at: number, of: number) => `Uploading ${number(at)} of ${number(of)}`, uploaded: (n: number) => `${many(n, "file is", "files are")} uploaded`, moment: "As it was at", now: "Now", past: (when: string) => `You see the files as they were at ${when}. Nothing can be changed here.`, restoreThen: "Bring all of this back", 
  select: (name: string) => `Select ${name}`, selectAll: "Select all", list: "List", grid: "Grid", filter: "Filter names", pin: "Keep here", unpin: "Do not keep here", free: "Free space here", pinned: "It stays on this device", freed: (size: string) => `${size} freed`, tooFew: "Nothing was freed: too few other devices hold it.",
  tags: "Tags", tagsHint: "Press Enter after each", rating: "Rating", comment: "Comment", title: "Title", otherFields: "Found in the file", whereTitle: "Where it is", thisDevice: "This device", holds: "holds it", holdsPart: (n: number, of: number) => `holds ${number(n)} of ${number(of)} files`, holdsNot: "does not hold it", silent: "did not answer",
  manyFiles: (n: number) => many(n, "file", "files"), alsoIn: "Also in", linkedFrom: "Linked from", copyAddress: "Copy address", addressHint: "It opens this on every device that has the volume, wherever it is moved", replicate: "Put into another volume…", replicateNow: "Put there",
  replicateText: "It becomes the same document there, with all its versions.", keepInStep: "Keep both in step from now on", replicated: (place: string) => `It is ${place} too`,
  longFolder: "by name, as there are so many; search finds in it", permissions: "Permissions", columns: "Columns", fields: "Fields", addField: "Add a field", fieldName: "Name of the field", value: "Value", removeField: (name: string) => `Remove ${name}`, ownFields: "Own fields",
  noPreview: "There is no preview of this kind of file.", previewCut: "Only the beginning is shown.", sort: (what: string) => `Sort by ${what}`,
  // Versions
  versionOf: (name: string) => `Versions of ${name}`, shownVersion: "Current", headVersion: "Other head", mergeVersion: "Merge", byOn: (who: string, device: string) => `${who} on ${device}`, restore: "Restore", restoredVersion: "It is the current version again", diff: "What changed", saveAs: "Save a copy as", savedAs: (path: string) => `Saved as ${path}`,
  noText: "Its text cannot be compared.", before: "Before", after: "After", noVersions: "Nothing is known of its versions yet.", 
  // Conflicts
  noConflicts: "No conflicts. When two devices change a file at once, both versions are kept, and you choose here.", choose: "Take this one", keepBoth: "Keep both as files", settled: "Settled, here and on every device", commonBase: "Before both", sideBySide: "Both against what was before",
  // Search
  searchHint: "Names, words in texts, tag:holiday, rating>=4, size>10MB, modified:\"last week\"", searchNone: "Nothing matches.", searchStart: "Type to search in all volumes.", found: (n: number) => many(n, "match", "matches"), partial: "Some texts are still being read.", wasDeleted: "Deleted",
  saveQuery: "Save this search", saveQueryAbout: "It becomes a document of the volume, on all its devices, and a live folder in the mounted drive.", savedQueries: "Saved", volume: "Volume", narrow: "Narrow the search",
  facetKinds: { image: "Pictures", video: "Films", audio: "Sounds", document: "Documents", text: "Texts", archive: "Archives", code: "Code", mail: "Mails", folder: "Folders" } as Record<string, string>,
  facets: { 'modified:"last week"': "Last week", "modified:\"this year\"": "This year", "size>100M": "Large", "rating>=4": "Four stars", "is:conflict": "In conflict", "is:absent": "Not here", "is:deleted": "Deleted" } as Record<string, string>,
  // Trash
  trashEmpty: "The trash is empty.", undelete: "Bring back", deletedFrom: "Was at",
  // Activity
  noActivity: "Nothing has happened yet.", more: "Show more", changeKinds: { created: "added", edited: "changed", attributes: "changed the attributes of", annotations: "annotated", renamed: "renamed", moved: "moved", linked: "filed", deleted: "deleted", undeleted: "brought back", restored: "restored", merged: "merged", members: "changed the members", settings: "changed the settings" } as Record<string, string>,
  // Peers
  online: "Online", offline: "Offline", lastSeen: (when: string) => `Seen ${when}`, never: "Never seen", via: (device: string) => `Known through ${device}`, sent: "Sent", received: "Received", noPeers: "No other device yet. Invite one to a volume.", myDevice: "This device", behindBy: (n: number) => `${many(n, "change", "changes")} behind`,
  remove: "Remove", removeMember: (name: string) => `Remove ${name} from the volume?`, removeMemberText: "Their devices get nothing from now on. What they have already they keep.", unknown: "Not told yet", map: "Who holds what",
  // Jobs
  noJobs: "Nothing is running.", left: (time: string) => `${time} left`, pause: "Pause", resume: "Resume", jobStates: { running: "Running", paused: "Paused", done: "Done", failed: "Failed", cancelled: "Cancelled", waiting: "Waiting" } as Record<string, string>,
} as const;
