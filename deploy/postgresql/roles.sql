-- The three roles of a hall's database. Run once as a superuser in the empty database of the centre:
--
--     createdb carecenter
--     psql --dbname carecenter --file roles.sql
--
-- carecenter_owner   owns the tables: carecenter-server init and migrate, nothing else
-- carecenter_writer  carecenter-server serve: takes operations, writes the feed and the audit trail
-- carecenter_reader  carecenter-server serve: reads the feed for workstations, behind row-level security; the
--                    writer's connections become it (SET ROLE)
--
-- Passwords, or certificates in pg_hba.conf, are given to the roles afterwards; none are set here. What each role
-- may do with each table is granted by carecenter-server init, again after every migration.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['carecenter_owner', 'carecenter_writer', 'carecenter_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I', wanted);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', wanted
        );
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO carecenter_owner, carecenter_writer, carecenter_reader', current_database()
    );
END
$$;

-- A transaction of the reader that forgot to be read-only cannot write all the same: it holds no such right.
ALTER ROLE carecenter_reader SET default_transaction_read_only = on;

GRANT carecenter_reader TO carecenter_writer;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO carecenter_owner;
GRANT USAGE ON SCHEMA public TO carecenter_writer, carecenter_reader;
