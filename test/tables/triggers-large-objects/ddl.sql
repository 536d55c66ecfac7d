-- A column of large objects with lo_manage, which unlinks what a row no longer holds: for the application's writes, never for the copying or for the old table.
CREATE SCHEMA triggers_large_objects;
CREATE TABLE triggers_large_objects.item (id integer PRIMARY KEY, title text, raster public.lo, thumb public.lo);
INSERT INTO triggers_large_objects.item SELECT i, 't' || i FROM generate_series(1, 30) AS i;
CREATE TRIGGER keeps_raster BEFORE UPDATE OR DELETE ON triggers_large_objects.item FOR EACH ROW EXECUTE FUNCTION public.lo_manage(raster);
CREATE TRIGGER keeps_thumb BEFORE UPDATE OF thumb OR DELETE ON triggers_large_objects.item FOR EACH ROW EXECUTE FUNCTION public.lo_manage(thumb);
GRANT USAGE ON SCHEMA triggers_large_objects TO shadowstep_test_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON triggers_large_objects.item TO shadowstep_test_app;
