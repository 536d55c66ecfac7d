-- As the application, which has the option.
CREATE OR REPLACE FUNCTION public.grant_on(t regclass) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
AS $$ BEGIN
  EXECUTE pg_catalog.format('GRANT SELECT ON %s TO shadowstep_test_reader GRANTED BY CURRENT_USER', t);
END $$;
ALTER FUNCTION public.grant_on OWNER TO shadowstep_test_app;
