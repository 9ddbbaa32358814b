from engine.command_line import main

raise SystemExit(main())
