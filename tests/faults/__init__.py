"""The fault programme: what goes wrong in production, done on purpose, with real processes, servers and signals.

PostgreSQL, Redis and the stand-in Slack are the real ones of ``demo``; workers are ``cocoom-slack worker`` in process
groups of their own; faults are signals by pid, a TCP proxy (``proxy``) and named points at which a process dies
(``crash_points``). The judge is Jepsen's queue check (``comparison``): each committed event has a marker, and the
markers are looked for in what Slack stored. ``deployment`` holds it together; ``relay`` is a host that only acts.

=====  =====================================================  ======================================================
Fault  What                                                   Where
=====  =====================================================  ======================================================
F01    host dies after the commit, before the ring            test_crash_points
F02    host dies before the commit                            test_crash_points
F03    host rolls back after the hook                         test_crash_points; notifications/test_outbox
F04    worker dies after it decided, after it claimed         test_crash_points
F05    idle worker killed                                     test_killed_workers
F06    worker killed before Slack reads                       test_killed_workers; notifications/test_worker
F07    worker killed after Slack accepted                     test_killed_workers, test_crash_points;
                                                              notifications/test_worker
F08    worker dies after it recorded                          test_crash_points
F10    SIGTERM during a post                                  test_killed_workers; notifications/test_worker
F11    Redis killed, back empty                               test_redis_faults; notifications/test_worker
F12    Redis away: down, and frozen                           test_redis_faults; notifications/test_doorbell
F14    Redis full, noeviction                                 test_redis_faults
F16    FLUSHALL in the middle                                 test_redis_faults; notifications/test_worker
F17    PostgreSQL restarts: stopped, crashed                  test_database_faults
F19    PostgreSQL slow                                        test_database_faults
F20    429 for one channel                                    test_slack_faults; notifications/test_trouble
F21    Slack answers 503 for a while                          test_slack_faults; notifications/test_trouble
F22    accepted, then reset                                   test_slack_faults; notifications/test_trouble
F23    accepted, then silence                                 test_slack_faults; notifications/test_trouble
F25    token revoked in the middle                            test_slack_faults; notifications/test_trouble
F26    no such name, refused, wrong certificate               test_slack_faults
F28    the storm                                              test_storm (COCOOM_STORM_SECONDS)
F29    Redis on a full disk                                   test_redis_faults
F30    rows and jobs of another version                       test_deployments_side_by_side;
                                                              notifications/test_undecided
B08    a Redis that evicts, a Redis that is old               test_redis_faults
=====  =====================================================  ======================================================

Beyond the list: a worker frozen for longer than its lease; two deaths at the same point; kills in a row under load; a
Redis that turned read-only; half-open TCP to Redis, to the database and to Slack; a connection cut in the middle of a
recording, before and after its COMMIT; a database gone for longer than the ledger is patient; workers that start while
Redis or the database is away; slow and thin lines to Slack; answers cut off in the middle; Slack restarted.
"""
