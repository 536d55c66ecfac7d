DO $$ BEGIN CREATE ROLE shadowstep_test_group NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT shadowstep_test_group TO shadowstep_test_owner;
CREATE SCHEMA rights_owned_by_a_group AUTHORIZATION shadowstep_test_group;
