CREATE ACCESS METHOD shadowstep_test_heap TYPE TABLE HANDLER heap_tableam_handler;
