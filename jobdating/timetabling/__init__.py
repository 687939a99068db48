"""Makes a fair's drafts: reads it, has the timetable solved in a process of its own, measures, keeps."""
