-- Times are milliseconds since 1970, UTC. Ranks of stances and severities are those of store/rank.go. One file serves SQLite and
-- PostgreSQL: SQLite gives a column of type BYTEA no affinity that would change a blob.

-- +goose Up
CREATE TABLE secrets (
	name  TEXT  NOT NULL PRIMARY KEY,
	value BYTEA NOT NULL
);

CREATE TABLE servers (
	id           BIGINT NOT NULL PRIMARY KEY,
	name         TEXT   NOT NULL,          -- as it was enrolled
	folded       TEXT   NOT NULL UNIQUE,   -- the name in lower case
	enrolled     BIGINT NOT NULL,
	seen         BIGINT NOT NULL DEFAULT 0,
	ring         TEXT   NOT NULL DEFAULT '',
	agent        TEXT   NOT NULL DEFAULT '', -- version of exvet
	trouble      TEXT   NOT NULL DEFAULT '', -- why a bundle was refused, or ''
	bundles      TEXT   NOT NULL DEFAULT '[]',
	core         TEXT   NOT NULL DEFAULT '', -- revision of the core bundle
	report       TEXT   NOT NULL DEFAULT '', -- decision id of the newest
	scanned      BIGINT NOT NULL DEFAULT 0,
	mishap       TEXT   NOT NULL DEFAULT '', -- why the newest scan gave no report, or ''
	reported     TEXT   NOT NULL DEFAULT '', -- what the server calls itself
	product      TEXT   NOT NULL DEFAULT '',
	build        TEXT   NOT NULL DEFAULT '',
	roles        TEXT   NOT NULL DEFAULT '',
	worst        BIGINT NOT NULL DEFAULT 0,
	severity     BIGINT NOT NULL DEFAULT 0,
	findings     BIGINT NOT NULL DEFAULT 0,
	waived       BIGINT NOT NULL DEFAULT 0,
	rules        BIGINT NOT NULL DEFAULT 0,
	unknown      BIGINT NOT NULL DEFAULT 0,
	failed       BIGINT NOT NULL DEFAULT 0,
	coverage     DOUBLE PRECISION NOT NULL DEFAULT 0,
	unsupported  BIGINT NOT NULL DEFAULT 0,
	security     BIGINT NOT NULL DEFAULT 0,
	review       BIGINT NOT NULL DEFAULT 0,
	deprecated   BIGINT NOT NULL DEFAULT 0,
	supported    BIGINT NOT NULL DEFAULT 0,
	c1 BIGINT NOT NULL DEFAULT 0, c2 BIGINT NOT NULL DEFAULT 0, c3 BIGINT NOT NULL DEFAULT 0,
	c4 BIGINT NOT NULL DEFAULT 0, c5 BIGINT NOT NULL DEFAULT 0, cs BIGINT NOT NULL DEFAULT 0, cn BIGINT NOT NULL DEFAULT 0,
	digest       TEXT   NOT NULL DEFAULT ''  -- of what the tables below hold of it
);
CREATE INDEX servers_worst ON servers (worst DESC, severity DESC, findings DESC, folded);
CREATE INDEX servers_seen ON servers (seen);
CREATE INDEX servers_ring ON servers (ring);
CREATE INDEX servers_core ON servers (core);

CREATE TABLE statuses (
	server   BIGINT NOT NULL PRIMARY KEY,
	received BIGINT NOT NULL,
	body     TEXT   NOT NULL
);

CREATE TABLE reports (
	server   BIGINT NOT NULL,
	decision TEXT   NOT NULL,
	kind     TEXT   NOT NULL,  -- whole, changes, failure
	base     TEXT   NOT NULL,  -- of changes: decision id of the whole they stand on
	waiting  BIGINT NOT NULL,  -- 1: changes whose base has not come
	cause    TEXT   NOT NULL,
	error    TEXT   NOT NULL,  -- of a failure
	received BIGINT NOT NULL,
	scanned  BIGINT NOT NULL,
	findings BIGINT NOT NULL,
	waived   BIGINT NOT NULL,
	unknown  BIGINT NOT NULL,
	coverage DOUBLE PRECISION NOT NULL,
	worst    BIGINT NOT NULL,
	fresh    BIGINT NOT NULL,  -- findings that were not there before
	gone     BIGINT NOT NULL,
	late     BIGINT NOT NULL,  -- 1: a newer one had come already
	bundles  TEXT   NOT NULL,
	body     BYTEA  NOT NULL,  -- gzip of the decision's result
	PRIMARY KEY (server, decision)
);
CREATE INDEX reports_scanned ON reports (server, scanned);
CREATE INDEX reports_received ON reports (received);
CREATE INDEX reports_base ON reports (server, base);

CREATE TABLE rules (             -- as reports describe them: one server's words never replace another's
	id          TEXT   NOT NULL,
	variant     TEXT   NOT NULL,   -- digest of what follows
	title       TEXT   NOT NULL,
	stance      BIGINT NOT NULL,
	severity    BIGINT NOT NULL,
	clause      TEXT   NOT NULL,
	remediation TEXT   NOT NULL,
	alternative TEXT   NOT NULL,
	PRIMARY KEY (id, variant)
);

CREATE TABLE findings (
	server      BIGINT NOT NULL,
	rule        TEXT   NOT NULL,
	subject     TEXT   NOT NULL,
	stance      BIGINT NOT NULL,
	severity    BIGINT NOT NULL,
	clause      TEXT   NOT NULL,
	waived      BIGINT NOT NULL,
	integration TEXT   NOT NULL,
	first_seen  BIGINT NOT NULL,
	PRIMARY KEY (server, rule, subject)
);
CREATE INDEX findings_rule ON findings (rule, subject, server);

CREATE TABLE outcomes (          -- rules that found something, were waived, unknown or in error
	server   BIGINT NOT NULL,
	rule     TEXT   NOT NULL,
	variant  TEXT   NOT NULL,
	status   TEXT   NOT NULL,
	findings BIGINT NOT NULL,      -- unwaived
	waived   BIGINT NOT NULL,
	PRIMARY KEY (server, rule)
);
CREATE INDEX outcomes_rule ON outcomes (rule, variant, status, findings, waived, server);

CREATE TABLE gaps (
	server  BIGINT NOT NULL,
	section TEXT   NOT NULL,
	scope   TEXT   NOT NULL,
	reason  TEXT   NOT NULL,
	place   TEXT   NOT NULL,
	facts   TEXT   NOT NULL
);
CREATE INDEX gaps_server ON gaps (server);
CREATE INDEX gaps_section ON gaps (section, reason, server);

CREATE TABLE integrations (
	server     BIGINT NOT NULL,
	title      TEXT   NOT NULL,
	vendor     TEXT   NOT NULL,
	product    TEXT   NOT NULL,
	version    TEXT   NOT NULL,
	signer     TEXT   NOT NULL,
	owner      TEXT   NOT NULL,
	confidence TEXT   NOT NULL,
	stance     BIGINT NOT NULL,
	methods    BIGINT NOT NULL,
	waived     BIGINT NOT NULL
);
CREATE INDEX integrations_server ON integrations (server);
CREATE INDEX integrations_title ON integrations (title, version, stance, server);

CREATE TABLE waivers (
	server      BIGINT NOT NULL,
	rule        TEXT   NOT NULL,
	subject     TEXT   NOT NULL,
	owner       TEXT   NOT NULL,
	reason      TEXT   NOT NULL,
	expires     TEXT   NOT NULL,
	ticket      TEXT   NOT NULL,
	disposition TEXT   NOT NULL,
	state       TEXT   NOT NULL,
	findings    BIGINT NOT NULL
);
CREATE INDEX waivers_server ON waivers (server);
CREATE INDEX waivers_expires ON waivers (expires, rule, subject);

CREATE TABLE changes (
	server   BIGINT NOT NULL,
	at       BIGINT NOT NULL,
	decision TEXT   NOT NULL,
	state    TEXT   NOT NULL,
	rule     TEXT   NOT NULL,
	subject  TEXT   NOT NULL,
	stance   BIGINT NOT NULL,
	severity BIGINT NOT NULL,
	clause   TEXT   NOT NULL
);
CREATE INDEX changes_at ON changes (at);
CREATE INDEX changes_server ON changes (server, at);

CREATE TABLE trend (
	day      TEXT   NOT NULL,
	clause   TEXT   NOT NULL,
	findings BIGINT NOT NULL,
	servers  BIGINT NOT NULL,
	PRIMARY KEY (day, clause)
);

CREATE TABLE codes (             -- one-time codes of enrolment
	digest  TEXT   NOT NULL PRIMARY KEY,
	name    TEXT   NOT NULL,       -- of the server it is for
	expires BIGINT NOT NULL,
	maker   TEXT   NOT NULL
);

CREATE TABLE credentials (       -- of agents: tokens and certificates
	id      TEXT   NOT NULL PRIMARY KEY,
	server  BIGINT NOT NULL,
	kind    TEXT   NOT NULL,       -- token, certificate
	digest  TEXT   NOT NULL,       -- of the token, or of the certificate
	made    BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	revoked BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX credentials_server ON credentials (server);

CREATE TABLE users (
	id       BIGINT NOT NULL PRIMARY KEY,
	name     TEXT   NOT NULL,
	folded   TEXT   NOT NULL UNIQUE,
	role     TEXT   NOT NULL,
	password TEXT   NOT NULL,      -- argon2id, or '' for one that comes by OIDC
	origin   TEXT   NOT NULL,      -- local, or issuer and subject of OIDC
	epoch    BIGINT NOT NULL,      -- raised to end every session
	disabled BIGINT NOT NULL DEFAULT 0,
	made     BIGINT NOT NULL,
	seen     BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE keys (              -- of people's programs, for the JSON API
	id      TEXT   NOT NULL PRIMARY KEY,
	account BIGINT NOT NULL,
	name    TEXT   NOT NULL,
	digest  TEXT   NOT NULL,
	made    BIGINT NOT NULL,
	expires BIGINT NOT NULL
);

CREATE TABLE sessions (
	token   TEXT   NOT NULL PRIMARY KEY,
	data    BYTEA  NOT NULL,
	expires BIGINT NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires);

CREATE TABLE audit (
	id     BIGINT NOT NULL PRIMARY KEY,
	at     BIGINT NOT NULL,
	actor  TEXT   NOT NULL,
	origin TEXT   NOT NULL,
	action TEXT   NOT NULL,
	target TEXT   NOT NULL,
	detail TEXT   NOT NULL
);
CREATE INDEX audit_at ON audit (at);

CREATE TABLE refusals (          -- uploads that were refused, by server and reason
	server BIGINT NOT NULL,
	reason TEXT   NOT NULL,
	count  BIGINT NOT NULL,
	last   BIGINT NOT NULL,
	detail TEXT   NOT NULL,
	PRIMARY KEY (server, reason)
);

CREATE TABLE notices (
	id       BIGINT NOT NULL PRIMARY KEY,
	kind     TEXT   NOT NULL,
	key      TEXT   NOT NULL,
	channel  TEXT   NOT NULL,
	body     TEXT   NOT NULL,
	made     BIGINT NOT NULL,
	next     BIGINT NOT NULL,
	attempts BIGINT NOT NULL DEFAULT 0,
	sent     BIGINT NOT NULL DEFAULT 0,
	error    TEXT   NOT NULL DEFAULT '',
	UNIQUE (kind, key, channel)
);
CREATE INDEX notices_next ON notices (sent, next);

-- +goose Down
DROP TABLE notices; DROP TABLE refusals; DROP TABLE audit; DROP TABLE sessions; DROP TABLE keys; DROP TABLE users;
DROP TABLE credentials; DROP TABLE codes; DROP TABLE trend; DROP TABLE changes; DROP TABLE waivers; DROP TABLE integrations;
DROP TABLE gaps; DROP TABLE outcomes; DROP TABLE findings; DROP TABLE rules; DROP TABLE reports; DROP TABLE statuses;
DROP TABLE servers; DROP TABLE secrets;
