"""What all formats share: files opened, JSON and tables read, and the records that every format fills."""
