using PeerDrive.Storage.Lending;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Catalog;

/// <summary>
/// Tables of a volume's catalog: only what derives from log and packs. Rows refer to each other by small numbers that mean
/// nothing outside this file. A catalog of another version is thrown away and made anew.
/// </summary>
internal static class CatalogSchema
{
    public const int Version = 6;

    public const string Sql = """
        CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE IF NOT EXISTS chains(
          id INTEGER PRIMARY KEY, author BLOB NOT NULL, device BLOB NOT NULL, branch_of INTEGER, branch_at INTEGER NOT NULL,
          sequence INTEGER NOT NULL, hash BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS chains_author ON chains(author);
        CREATE TABLE IF NOT EXISTS changesets(
          id INTEGER PRIMARY KEY, chain INTEGER NOT NULL, sequence INTEGER NOT NULL, hash BLOB NOT NULL, lamport INTEGER NOT NULL,
          time INTEGER NOT NULL, log_file INTEGER NOT NULL, log_offset INTEGER NOT NULL, void INTEGER NOT NULL, membership INTEGER NOT NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS changesets_chain ON changesets(chain, sequence);
        CREATE UNIQUE INDEX IF NOT EXISTS changesets_hash ON changesets(hash);
        CREATE INDEX IF NOT EXISTS changesets_time ON changesets(time);
        CREATE INDEX IF NOT EXISTS changesets_membership ON changesets(id) WHERE membership = 1;
        CREATE TABLE IF NOT EXISTS dependencies(
          chain INTEGER NOT NULL, dependency INTEGER NOT NULL, sequence INTEGER NOT NULL, dependency_sequence INTEGER NOT NULL,
          PRIMARY KEY(chain, dependency, sequence)) WITHOUT ROWID;

        CREATE TABLE IF NOT EXISTS documents(id INTEGER PRIMARY KEY, document BLOB NOT NULL UNIQUE, shown INTEGER, heads INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS documents_conflicts ON documents(id) WHERE heads > 1;
        CREATE TABLE IF NOT EXISTS entries(
          id INTEGER PRIMARY KEY, entry BLOB NOT NULL UNIQUE, parent INTEGER, name BLOB, document INTEGER, folder INTEGER,
          placed INTEGER, live INTEGER NOT NULL, holds INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS entries_place ON entries(parent, name);
        CREATE INDEX IF NOT EXISTS entries_document ON entries(document);
        CREATE TABLE IF NOT EXISTS puts(
          id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, changeset INTEGER NOT NULL, op INTEGER NOT NULL, parent INTEGER NOT NULL,
          name BLOB NOT NULL, document INTEGER NOT NULL, folder INTEGER NOT NULL, lamport INTEGER NOT NULL, skipped INTEGER NOT NULL,
          several INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS puts_entry ON puts(entry);
        CREATE INDEX IF NOT EXISTS puts_folder ON puts(lamport) WHERE folder = 1;
        -- Of entries that were put more than once, which are few: where they were before, and the folders that moved.
        CREATE INDEX IF NOT EXISTS puts_several ON puts(parent) WHERE several = 1;
        CREATE INDEX IF NOT EXISTS puts_moves ON puts(entry) WHERE several = 1 AND folder = 1;
        CREATE TABLE IF NOT EXISTS deletes(
          id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, changeset INTEGER NOT NULL, op INTEGER NOT NULL, parent INTEGER NOT NULL,
          void INTEGER NOT NULL, rescued INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS deletes_entry ON deletes(entry);
        CREATE INDEX IF NOT EXISTS deletes_changeset ON deletes(changeset, parent);

        CREATE TABLE IF NOT EXISTS revisions(
          id INTEGER PRIMARY KEY, revision BLOB NOT NULL, document INTEGER NOT NULL, changeset INTEGER NOT NULL, op INTEGER NOT NULL,
          kind INTEGER NOT NULL, mode INTEGER NOT NULL, mtime INTEGER NOT NULL, time INTEGER NOT NULL, head INTEGER NOT NULL, merge INTEGER NOT NULL,
          size INTEGER NOT NULL, depth INTEGER NOT NULL, root BLOB, chunking INTEGER NOT NULL,
          owner INTEGER NOT NULL, owner_group INTEGER NOT NULL, target INTEGER NOT NULL, device INTEGER NOT NULL, xattrs INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS owners(id INTEGER PRIMARY KEY, number INTEGER NOT NULL, name BLOB NOT NULL, UNIQUE(number, name));
        CREATE INDEX IF NOT EXISTS revisions_revision ON revisions(substr(revision, 1, 8));
        CREATE INDEX IF NOT EXISTS revisions_document ON revisions(document, time);
        CREATE TABLE IF NOT EXISTS parents(parent INTEGER NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY(parent, revision)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS links(revision INTEGER PRIMARY KEY, volume BLOB, document BLOB, pinned BLOB);
        CREATE INDEX IF NOT EXISTS links_document ON links(document);
        CREATE INDEX IF NOT EXISTS links_pinned ON links(pinned);
        CREATE TABLE IF NOT EXISTS repeats(revision INTEGER NOT NULL, changeset INTEGER NOT NULL, PRIMARY KEY(revision, changeset)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS verdicts(revision BLOB PRIMARY KEY, is_right INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS revises(
          document INTEGER NOT NULL, changeset INTEGER NOT NULL, op INTEGER NOT NULL, through INTEGER, PRIMARY KEY(document, changeset, op)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS missing(
          root BLOB NOT NULL, revision INTEGER NOT NULL, size INTEGER NOT NULL, depth INTEGER NOT NULL, chunking INTEGER NOT NULL,
          PRIMARY KEY(root, depth, size)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS thinned(root BLOB NOT NULL, depth INTEGER NOT NULL, size INTEGER NOT NULL, PRIMARY KEY(root, depth, size)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS settings(key TEXT PRIMARY KEY, value TEXT NOT NULL, lamport INTEGER NOT NULL, hash BLOB NOT NULL, op INTEGER NOT NULL) WITHOUT ROWID;

        """ + ChunkIndex.Schema + LentTable.Schema;

    /// <summary>Tables that derive from the log; chunk places derive from the packs and are kept when the log is applied anew.</summary>
    public static readonly string[] LogTables =
        ["chains", "changesets", "dependencies", "documents", "entries", "puts", "deletes", "revisions", "parents", "links", "repeats", "owners", "verdicts", "revises", "missing", "settings"];
}
