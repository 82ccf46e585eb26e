"""Who is this lead? Accounts become people; leads get one, or nobody, with reasons."""
