namespace PeerDrive.Storage.Search;

/// <summary>
/// Tables of a volume's search index: only what derives from the catalog and from contents. Of another version it is thrown away and made anew.
/// A line of <c>docs</c> is an entry. Those in the trash have numbers from <see cref="DeadFrom"/> on, so that one comparison tells them apart.
/// </summary>
internal static class SearchSchema
{
    public const int Version = 1;

    public const long DeadFrom = 1L << 40;

    public const string Sql = """
        CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS docs(
          id INTEGER PRIMARY KEY, entry BLOB NOT NULL UNIQUE, parent BLOB NOT NULL, name TEXT NOT NULL, ext TEXT NOT NULL, class INTEGER NOT NULL,
          size INTEGER NOT NULL, mtime INTEGER NOT NULL, created INTEGER NOT NULL, device INTEGER NOT NULL, conflict INTEGER NOT NULL, content INTEGER,
          stamp INTEGER NOT NULL, inner_stamp INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS docs_parent ON docs(parent);
        CREATE INDEX IF NOT EXISTS docs_name ON docs(name);
        CREATE INDEX IF NOT EXISTS docs_ext ON docs(ext);
        CREATE INDEX IF NOT EXISTS docs_class ON docs(class);
        CREATE INDEX IF NOT EXISTS docs_size ON docs(size) WHERE class < 100;
        CREATE INDEX IF NOT EXISTS docs_mtime ON docs(mtime);
        CREATE INDEX IF NOT EXISTS docs_created ON docs(created);
        CREATE INDEX IF NOT EXISTS docs_device ON docs(device);
        CREATE INDEX IF NOT EXISTS docs_conflict ON docs(conflict) WHERE conflict = 1;
        CREATE INDEX IF NOT EXISTS docs_content ON docs(content) WHERE content IS NOT NULL;
        CREATE TABLE IF NOT EXISTS free(id INTEGER PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS devices(id INTEGER PRIMARY KEY, device BLOB NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS contents(
          id INTEGER PRIMARY KEY, root BLOB NOT NULL, depth INTEGER NOT NULL, size INTEGER NOT NULL, chunking INTEGER NOT NULL, media INTEGER NOT NULL, known INTEGER NOT NULL,
          fields TEXT, UNIQUE(root, depth, size, media));
        CREATE INDEX IF NOT EXISTS contents_unknown ON contents(id) WHERE known = 0;
        CREATE TABLE IF NOT EXISTS terms(
          id INTEGER PRIMARY KEY, key TEXT NOT NULL, text TEXT NOT NULL, words TEXT NOT NULL, number REAL, UNIQUE(key, text));
        CREATE INDEX IF NOT EXISTS terms_number ON terms(key, number) WHERE number IS NOT NULL;
        CREATE TABLE IF NOT EXISTS fields(term INTEGER NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY(term, doc)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS fields_doc ON fields(doc);
        CREATE VIRTUAL TABLE IF NOT EXISTS names USING fts5(name, words, tokenize="unicode61 remove_diacritics 2", prefix='2 3');
        CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5(body, tokenize="unicode61 remove_diacritics 2", prefix='3');
        """;
}
