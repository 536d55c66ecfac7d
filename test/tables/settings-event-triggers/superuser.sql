CREATE SCHEMA settings_event_triggers AUTHORIZATION shadowstep_test_owner;
CREATE FUNCTION settings_event_triggers.look() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  one record;
BEGIN
  IF TG_EVENT = 'ddl_command_end' THEN
    FOR one IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
      IF one.object_type = 'table' AND one.schema_name = 'settings_event_triggers' AND one.object_identity ~ '[A-Z]' THEN
        RAISE EXCEPTION USING MESSAGE = format('%s: names are lower case', one.object_identity);
      END IF;
    END LOOP;
  ELSIF TG_EVENT = 'sql_drop' THEN
    FOR one IN SELECT * FROM pg_event_trigger_dropped_objects() LOOP
      IF one.object_type = 'table' AND one.schema_name = 'settings_event_triggers' THEN
        RAISE EXCEPTION USING MESSAGE = format('%s: tables are never dropped', one.object_identity);
      END IF;
    END LOOP;
  ELSE
    RAISE NOTICE '% %', TG_EVENT, TG_TAG;
  END IF;
END
$$;
CREATE EVENT TRIGGER settings_event_triggers_begin ON ddl_command_start EXECUTE FUNCTION settings_event_triggers.look();
CREATE EVENT TRIGGER settings_event_triggers_end ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE TABLE AS') EXECUTE FUNCTION settings_event_triggers.look();
CREATE EVENT TRIGGER settings_event_triggers_drop ON sql_drop EXECUTE FUNCTION settings_event_triggers.look();
CREATE EVENT TRIGGER settings_event_triggers_rewrite ON table_rewrite EXECUTE FUNCTION settings_event_triggers.look();
ALTER EVENT TRIGGER settings_event_triggers_drop ENABLE ALWAYS;
