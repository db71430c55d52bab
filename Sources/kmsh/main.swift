print("kmsh")
