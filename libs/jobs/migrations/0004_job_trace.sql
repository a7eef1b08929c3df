-- The W3C traceparent of the request or event that asked for the job: its shards, wherever they run, belong to that trace.
ALTER TABLE job ADD COLUMN traceparent text;
