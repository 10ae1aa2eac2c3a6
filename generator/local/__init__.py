"""Local mode: `leaderboards local` runs boards on this machine, on an embedded AWS. Start reading at `run`.

    a bundle:    terraform.module reads it -> deploy makes each resource -> emulator, the embedded AWS
    an activity: table -> stream -> services.pipes -> queue -> processor -> aggregates -> rebuilder -> snapshot
    a reader:    services.cloudfront -> page in the bucket, or services.function_url -> API function
    time:        workers start the rebuilder and the simulator
    a save:      saving.watching -> saving.redeploy -> keeping.taking_up -> deploy.applying changes what is there
    others:      doors: the ready file, the game server's key, the control channel
    a person:    announcing says where the boards are, flows what becomes of activities, reporter shows both

An activity reaches a score only along that path. Everything listens on 127.0.0.1, only pages and APIs
also elsewhere with --host, and nothing outlives the command.
"""
