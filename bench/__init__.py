"""The measurements behind `./leads bench`: what a load costs beside the least it could cost."""
